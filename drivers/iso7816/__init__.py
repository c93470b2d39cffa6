"""ISO/IEC 7816: command and response APDU, status words, answer to reset, and the one method through which a card is
spoken to."""
