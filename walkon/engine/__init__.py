"""From scene to mp4: backends, drawing, sound, encoding, and the worker that runs them."""
