pragma ComponentBehavior: Bound
import QtQuick

// A short question among fields: its answers stand under it, two in a row where the words are short.
Column {
    id: g
    property string label
    property string source: ""
    property string problem: ""
    property bool locked: false
    property var choices: []
    property bool shown: true
    readonly property int across: choices.length === 2 && !Theme.large ? 2 : 1
    signal chosen(string choice)
    spacing: 8
    Item {
        width: parent.width
        height: Math.max(name.height, from.height)
        Txt {
            id: name
            width: parent.width - (from.visible ? from.width + 24 : 0)
            text: g.label
            role: "strong"
            lineHeight: 0.9
        }
        Txt {
            id: from
            visible: text !== ""
            anchors.right: parent.right
            text: g.source
            color: Theme.ok
            lineHeight: 0.9
            wrapMode: Text.NoWrap
        }
    }
    Grid {
        width: parent.width
        columns: g.across
        columnSpacing: 24
        rowSpacing: 16
        Repeater {
            model: g.choices
            OptionRow {
                required property var modelData
                width: (g.width - (g.across - 1) * 24) / g.across
                least: 108
                radio: true
                off: g.locked && !modelData.chosen
                checked: modelData.chosen
                label: modelData.label
                onActivated: g.chosen(modelData.id)
            }
        }
    }
    Txt {
        visible: g.problem !== ""
        width: parent.width
        text: g.problem
        role: "strong"
        color: Theme.failed
        Accessible.role: Accessible.AlertMessage
    }
}
