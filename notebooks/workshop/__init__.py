"""What the lessons share, so that a lesson's own cells show only what it teaches.

`data` loads the digits, `session` seeds and says where Theano computes, `progress`
shows long loops, `plots` draws, `diagrams` draws `graphs` and networks, `notice` puts a sentence
into a box, `exercises` judges an attendee's answers.

`classifier` has the pretrained networks: `googlenet` and `inception_v3` define them, `weights` and
`labels` are read from disk, `photos` and `preprocessing` make pictures into numbers; `compiling`
has Theano ready sooner; `classify` is a command. Lessons 3 and 4 look at them with `anatomy` and
`occlusion`, at the photos of `gallery` and at those of an attendee (`own`); `photo_plots` draws
that. In lesson 5 `cars` and `folders` read pictures in classes, `features` asks a network about
them, `transfer` judges what learns from that, `transfer_plots` draws it. In lesson 6 `motifs` has
what is dreamt of, `dream` and `style` change pictures, on a `canvas`, `easel` shows it.

`bubbles` is the game of lesson 7 and what learns it, `language` is lesson 8: texts, networks that
read and write them, and what we trained.
"""
