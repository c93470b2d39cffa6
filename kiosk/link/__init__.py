"""The Unix socket between the hall and its screens: JSON lines, one object a line.

    screen -> hall   {"hello": {"role": "customer", "protocol": 1}}            first line, within 2 s
                     {"alive": 17}                                             every 0.5 s, drawn from the screen's own
                     frame loop {"command": {"id": "…", "name": "choose_amount", "screen": "choose", "args": {…}}}
    hall -> screen   {"snapshot": {"sequence": 40, "view": {…}}}               the answer to hello
                     {"event": {"sequence": 41, "view": {…}}}                  at every change, numbered without a gap
                     {"reply": {"id": "…", "accepted": true, "reason": "", "data": {…}}} {"refused": {"reason": "…"}}
                     the hello was not acceptable; the hall closes

A command may be sent again with the same id after a reconnect: it is carried out once, and answered again. A view is
whole, never a difference: a screen that missed events is right again with the next one.
"""
