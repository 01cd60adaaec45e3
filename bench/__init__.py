"""What walkon promises about speed and memory, measured: every module of this folder is one benchmark, `python -m bench` runs them."""
