"""The way of one notice, in order. Each verb is a plain function, may run twice, and commits in its own transaction.

    receive     store the bytes, queue the work, answer
    identify    verify, parse, believe or not
    attach      open or continue the case; an outcome becomes an Outcome
    interpret   family and Chinese explanation, from the knowledge of that day
    schedule    every deadline with its reason
    route       the merchant's rules: owner, playbook, approvers
    gather      ask orders and sources for proof
    draft       template and facts become a reply; what is missing stays a gap
    assemble    contradictions, checklist, packing: a package, or why not
    ── a person edits, adds proof, approves ──
    approve     bound to the digest
    submit      at most once: by API, or downloaded and sent by hand
    sync        ask the channel what became of it; back in through receive

``advance`` runs attach to assemble for one notice; ``replay`` runs all of it again from the stored bytes.
"""
