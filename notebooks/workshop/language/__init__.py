"""Texts, character by character: what lesson 8 counts, trains and samples.

`corpus` reads texts and makes numbers of them, `ngram` counts, `recurrent` has the networks,
`training` teaches and measures them, `writing` lets them write. `checkpoints` reads the networks in
`trained`, which `python3 -m workshop.language.train` trained. `own` reads an attendee's text,
`pictures` draws.
"""
