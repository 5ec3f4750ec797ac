"""The station's book: one SQLCipher file, written by the station's thread alone, read by many."""
