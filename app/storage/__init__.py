"""Where a program keeps its files: whose folder it is, on what kind of disk, and how full.

Not for what lies in the folder: the book, its backups and the keys know that themselves.
"""
