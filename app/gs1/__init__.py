"""GS1 barcodes: from the text of a scan to what it means. One strict gate, no guessing.

The gate is `app.gs1.gate.understand`; `docs/decisions/` says why the parser is our own.
"""
