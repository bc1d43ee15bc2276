"""Bubble Breaker, the game of lesson 7: rules, players, what learns it, and a board to play on.

`board` has the rules as pure functions of arrays, `games` plays many games at once, `players` are
random, greedy and others that learn nothing. `tiny` learns a small board by a table, `deep` a large
one by a network, and `pretrained` has the network that we trained. `arena` compares players,
`pictures` draws boards, `playing` is the board to click on.
"""
