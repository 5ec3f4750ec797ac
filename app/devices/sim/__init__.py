"""Simulated devices that speak the same bytes as real ones, with faults on demand.

For the demo, the training bench and tests; nothing of the product's own work depends on it.
"""
