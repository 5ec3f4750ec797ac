"""Labels as values in printer dots, and the ZPL that prints them. Knows no printer and no Qt."""
