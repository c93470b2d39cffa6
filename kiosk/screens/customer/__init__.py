"""The screen in front of the customer: 1080×1920, portrait, touched standing up."""
