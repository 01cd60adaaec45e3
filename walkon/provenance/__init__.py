"""Where a clip comes from, said so that machines and people can check it: marks, signatures, and what a file still shows of them."""
