"""Motion in closed formulas: a verb and a time give the state of a body. One file for each family of verbs."""
