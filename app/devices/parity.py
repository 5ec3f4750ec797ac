"""Even parity seen in bytes, where a port set to 8 bits hands over the parity bit of 7-bit data."""

# Fewer bytes could have such bits by chance: noise has them right in one byte of two.
FEWEST = 8


def has_high_bits(data: bytes) -> bool:
    """Whether any byte has bit 7 set; 7-bit data have none once the port took parity off."""
    return any(byte & 0x80 for byte in data)


def has_even_parity(data: bytes) -> bool:
    """Whether every byte has an even number of bits, as each one of 7E1 data has."""
    return all(byte.bit_count() % 2 == 0 for byte in data)


def looks_like_7e1(data: bytes) -> bool:
    """Whether most bytes nobody could read have even parity, and some have bit 7 set."""
    even = sum(byte.bit_count() % 2 == 0 for byte in data)
    return len(data) >= FEWEST and has_high_bits(data) and even * 10 >= len(data) * 9
