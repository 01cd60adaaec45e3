"""What may be made and shown: verdicts on words before a render and on pictures after it."""
