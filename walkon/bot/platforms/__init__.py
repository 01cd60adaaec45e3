"""Chat systems, one folder each: what they deliver becomes an invocation, what walkon says becomes their markup."""
