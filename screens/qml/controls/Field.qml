pragma ComponentBehavior: Bound
import QtQuick

// A labelled answer: touch it to type; its source stands beside the label, what is wrong under it.
Touchable {
    id: f
    property string label
    property string hint: ""
    property string value
    property string composing: ""   // on its way, underlined after the value
    property string source: ""
    property string problem: ""
    property bool active: false
    property bool locked: false
    property int lines: 1
    property bool shown: true
    readonly property bool current: active
    property bool labelled: true    // false where the page's title already asks for it
    // a source that is too long to stand beside its label stands under it
    readonly property bool stacked: source !== "" && name.implicitWidth + from.width + 24 > width
    role: Accessible.EditableText
    spoken: [label, value, source, problem, active ? hint : ""].filter(part => part !== "").join(", ")
    enabled: !locked
    implicitHeight: box.y + box.height + (under.visible ? under.height + 8 : 0)
    // text that was typed is never markup
    function escaped(text: string): string {
        return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");
    }
    Item {
        id: heading
        width: parent.width
        height: !f.labelled ? (from.visible ? from.height : 0) : f.stacked ? name.height + from.height : Math.max(name.height, from.visible ? from.height : 0)
        Txt {
            id: name
            width: parent.width - (from.visible && !f.stacked ? from.width + 24 : 0)
            visible: f.labelled
            text: f.label
            role: "strong"
            lineHeight: 0.9
            color: f.active ? Theme.primary : Theme.ink
            Accessible.ignored: true
        }
        Row {
            id: from
            visible: f.source !== ""
            x: f.stacked ? 0 : parent.width - width
            y: f.stacked && f.labelled ? name.height : 0
            spacing: 8
            Icon {
                name: "check_circle"
                size: 40
                color: Theme.ok
                anchors.verticalCenter: parent.verticalCenter
            }
            Txt {
                text: f.source
                color: Theme.ok
                lineHeight: 0.9
                wrapMode: Text.NoWrap
                Accessible.ignored: true
            }
        }
    }
    Txt {
        id: help
        visible: f.active && f.hint !== "" && f.problem === ""
        y: heading.height + 4
        width: parent.width
        text: f.hint
        color: Theme.inkSoft
        lineHeight: 0.9
        Accessible.ignored: true
    }
    Rectangle {
        id: box
        y: heading.height + 8 + (help.visible ? help.height + 8 : 0)
        width: parent.width
        height: Theme.px(f.lines === 1 ? 108 : 60 + f.lines * 60)
        radius: Theme.radius
        color: f.active ? Theme.page : Theme.surface
        border.width: f.active ? 6 : Theme.black || Theme.white ? 4 : 2
        border.color: f.problem !== "" && !f.active ? Theme.failed : f.active ? Theme.primary : Theme.edge
        Item {
            anchors.fill: parent
            anchors.leftMargin: 28
            anchors.rightMargin: 28
            clip: true
            Txt {
                id: natural
                visible: false
                text: f.value
                font.pixelSize: shown.font.pixelSize
                wrapMode: Text.NoWrap
            }
            Txt {
                id: shown
                property real lastLineWidth: 0
                onLineLaidOut: line => lastLineWidth = line.implicitWidth
                objectName: "field.value"
                width: f.lines === 1 ? natural.implicitWidth : parent.width - 8
                // the end of a long answer stays in sight while it is typed
                x: f.active && f.lines === 1 ? Math.min(0, parent.width - width - 8) : 0
                y: f.lines === 1 ? (parent.height - height) / 2 : Math.min(12, parent.height - height - 12)
                text: f.composing === "" ? f.value : f.escaped(f.value) + "<u>" + f.escaped(f.composing) + "</u>"
                textFormat: f.composing === "" ? Text.PlainText : Text.StyledText
                font.pixelSize: Theme.px(42)
                wrapMode: f.lines === 1 ? Text.NoWrap : Text.Wrap
                Accessible.ignored: true
            }
            Rectangle {
                visible: f.active
                x: shown.x + (f.lines === 1 ? shown.width + 2 : shown.lastLineWidth + 4)
                y: shown.y + shown.height - height - 4
                width: 4
                height: Theme.px(56)
                color: Theme.primary
            }
        }
    }
    Row {
        id: under
        visible: f.problem !== "" && f.active
        y: box.y + box.height + 8
        width: parent.width
        spacing: 12
        Icon {
            name: "error"
            size: 44
            color: Theme.failed
        }
        Txt {
            width: parent.width - 56
            text: f.problem
            role: "strong"
            color: Theme.failed
            Accessible.role: Accessible.AlertMessage
        }
    }
}
