"""What moderators do, a file for each kind of deed. `commands/mod.py` says who may ask for it and reads the words."""
