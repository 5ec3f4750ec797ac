"""Data in from CSV files: read, check, explain. Applying the rows is the ledger's business."""
