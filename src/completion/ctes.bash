# bash completion for ctes(1)

# numbers in the register; silent when there is none
_ctes_numbers() {
    ctes list --format=csv 2>/dev/null | cut -d'"' -f4 | tail -n +2
}

# letters that wait
_ctes_letters() {
    ctes --json inbox 2>/dev/null | sed -n 's/.*"letter": *\([0-9]*\).*/\1/p'
}

_ctes() {
    local cur prev words cword split=false
    _init_completion -s || return

    local commands='send check batch resend status list show inbox reply refuse cancel classification
        register archive stamp bordereau help'
    local program='--config --json --quiet --verbose --help --version'
    local act='--numero --date --nature --matiere --objet --document --annexe --classification-date'
    local new='--type --signature --precedent --papier --fiche --autorite'
    local states='prepared to-send unsettled refused deposited waiting transmitted parked to-sign
        acknowledged acknowledged-late discordant anomalie-acte anomalie-enveloppe operator-error
        closed cancelled'

    # "show --fiche" takes no file
    [[ $prev == --fiche && " ${words[*]} " == *" show "* ]] && prev=
    case $prev in
    --close)
        COMPREPLY=($(compgen -W "$(_ctes_letters)" -- "$cur"))
        return
        ;;
    --config | --report | --output | --document | --signature | --fiche | --annexe)
        _filedir
        return
        ;;
    --nature)
        COMPREPLY=($(compgen -W 'DE AR AI CC BF AU' -- "$cur"))
        return
        ;;
    --format)
        COMPREPLY=($(compgen -W 'table csv json scdl' -- "$cur"))
        return
        ;;
    --position)
        COMPREPLY=($(compgen -W 'haut-droite haut haut-gauche bas-droite bas bas-gauche' -- "$cur"))
        return
        ;;
    --pages)
        COMPREPLY=($(compgen -W 'first all' -- "$cur"))
        return
        ;;
    --folder)
        _filedir -d
        return
        ;;
    --state)
        COMPREPLY=($(compgen -W "$states" -- "$cur"))
        return
        ;;
    esac
    $split && return

    local i command=
    for ((i = 1; i < cword; i++)); do
        case ${words[i]} in
        --config) i=$((i + 1)) ;;
        -*) ;;
        *)
            command=${words[i]}
            break
            ;;
        esac
    done

    local options=$program
    case $command in
    '')
        options="$program $commands"
        ;;
    send)
        options="$options $act $new --wait --every"
        ;;
    check)
        options="$options $act $new"
        ;;
    batch)
        options="$options --report"
        ;;
    resend)
        options="$options --suffix --as --date --nature --matiere --objet --document --annexe"
        options="$options --classification-date --autorite --wait --every"
        ;;
    status)
        options="$options --wait --every --autorite"
        ;;
    list)
        options="$options --format --with-id --siren --autorite --state --from --to --pending"
        ;;
    show)
        options="$options --fiche --autorite"
        ;;
    archive)
        options="$options --output --from --to --autorite"
        ;;
    inbox)
        options="$options --all --close --autorite"
        ;;
    reply | refuse)
        options="$options --wait"
        ;;
    cancel)
        options="$options --autorite"
        ;;
    classification)
        options="$options find --refresh --tree --types --nature --matiere --autorite"
        ;;
    register)
        options="$options copy"
        ;;
    stamp)
        options="$options --output --folder --published --position --pages --autorite"
        ;;
    bordereau)
        options="$options --output --folder --date --autorite"
        ;;
    help)
        options="$commands codes states"
        ;;
    esac

    if [[ $cur != -* ]]; then
        case $command in
        check | batch)
            _filedir
            return
            ;;
        reply | refuse)
            if [[ $prev != "$command" ]]; then
                _filedir
                return
            fi
            COMPREPLY=($(compgen -W "$(_ctes_letters)" -- "$cur"))
            return
            ;;
        inbox)
            COMPREPLY=($(compgen -W "$(_ctes_letters)" -- "$cur"))
            return
            ;;
        resend | status | show | cancel | archive | stamp | bordereau)
            COMPREPLY=($(compgen -W "$(_ctes_numbers)" -- "$cur"))
            return
            ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
} && complete -F _ctes ctes
