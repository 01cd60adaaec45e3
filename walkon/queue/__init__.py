"""The job queue: who works on what now, in fair turns. It knows ids and costs, never prompts or media."""
