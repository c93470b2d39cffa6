"""Gas cards: what a card holds, and the layouts that turn 256 bytes into it and back. Pure functions, image in,
image out."""
