"""What several test packages lean on; no test lies here."""
