"""What the lessons share, so that a lesson's own cells show only what it teaches.

`data` loads the digits, `session` seeds and says where Theano computes, `progress`
shows long loops, `plots` draws, `diagrams` draws `graphs` and networks, `notice` puts a sentence
into a box, `exercises` judges an attendee's answers. `classifier` has the pretrained networks:
`googlenet` and `inception_v3` define them, `weights` and `labels` are read from disk, `photos` and
`preprocessing` make pictures into numbers; `classify` is a command.
"""
