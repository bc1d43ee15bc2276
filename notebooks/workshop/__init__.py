"""What the lessons share, so that a lesson's own cells show only what it teaches.

`data` loads the digits, `session` seeds and says where Theano computes, `progress`
shows long loops, `plots` draws, `notice` puts a sentence into a box. `classifier` has the
pretrained networks: `googlenet` and `inception_v3` define them, `weights` and `labels` are read
from disk, `photos` and `preprocessing` make pictures into numbers; `classify` is a command.
Lessons 3 and 4 look at them with `anatomy` and `occlusion`, at the photos of `gallery` and at those
of an attendee (`own`); `photo_plots` draws that. In lesson 5
`cars` and `folders` read pictures in classes, `features` asks a network about them, `transfer`
judges what learns from that, `transfer_plots` draws it. `exercises` has what judges answers.
"""
