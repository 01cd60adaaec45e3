"""Plain records that every room may use: they know no rule, no storage, no platform."""
