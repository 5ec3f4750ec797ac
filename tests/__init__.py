"""Promises the program keeps. Folders mirror `app/` and `ui/`; `support/` is shared."""
