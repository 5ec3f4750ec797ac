"""Reports as values, what they say of the book, and the files they become. Knows no Qt."""
