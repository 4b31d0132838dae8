"""Every kernel once, over any array namespace of the Python array API standard."""
