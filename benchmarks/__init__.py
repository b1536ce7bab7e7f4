"""rayteach beside its peers: ``python -m benchmarks``."""
