# Read by ./upwind, ./test and the other scripts: `ready LOCK` leaves a .venv that holds what LOCK pins.
# Expects: $here, the top of the checkout.

fresh() { # the marks that set_up.py leaves when it is done
    cmp -s "$here/$1" "$here/.venv/upwind-$1" || return 1
    mark=
    read -r mark <"$here/.venv/upwind-path" 2>/dev/null || :
    [ "$mark" = "$here" ] && [ -x "$here/.venv/bin/python" ] && [ ! -e "$here/.venv/upwind-unfinished" ]
}

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

ready() {
    fresh "$1" && return
    for python in python3 python3.13 python3.12 python3.11 python3.14; do
        if suits "$python"; then
            "$python" -I "$here/scripts/set_up.py" "$1"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null) || found="no python3"
    echo "upwind: needs Python 3.11 to 3.14, found $found; on Debian: apt install python3 python3-venv" >&2
    exit 1
}
