"""What the benchmarks stand on: goals and reports, the tables they end up in, and processes to be measured."""
