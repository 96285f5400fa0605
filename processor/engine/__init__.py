"""Policy x facts -> decisions: runs the rules, stamps what they find, applies managers' answers."""
