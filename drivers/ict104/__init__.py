"""ICT-104, the single-byte protocol of ICT bill validators."""
