"""What each kind of operation does to the book: one module an idea, no database, no clock."""
