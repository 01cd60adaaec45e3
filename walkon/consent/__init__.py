"""Who may appear in which clip: likenesses and their rules, questions, answers and grants. It sends nothing and starts nothing."""
