"""What is measured: the benchmark, its records and reports, the command line."""
