"""ESC/POS: commands, text encoder, status demultiplexer, printer machine. See docs/protocols/escpos.md."""
