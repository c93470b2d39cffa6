"""State -> what each screen shows. Pure, no Kivy: every sentence is resolved here, so that a test can read what a
person would."""
