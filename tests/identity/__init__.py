"""Keys of people and what is signed with them."""
