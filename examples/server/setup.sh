#!/bin/sh
# A repository that takes only what is signed by somebody allowed: run it in the bare repository on the server.
#   setup.sh 'https://accounts.google.com alice@example.com' ...
set -eu
gitsigil hook install pre-receive
for identity in "$@"; do git config --add gitsigil.allow "$identity"; done
# A hook uses no network. Once a day, before the root is 30 days old: gitsigil initialize
