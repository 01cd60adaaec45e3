"""One program a job queue, each run by the Python that has it: they pin clients that do not go together."""
