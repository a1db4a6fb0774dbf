"""Benchmarks of the service, each compared with a bound: `make bench`."""
