"""Scanners, scales and printers: bytes become values in pure decoders, one thread per device.

Not for deciding what a scan or a weight means; that is the station's.
"""
