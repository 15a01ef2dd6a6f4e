pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// Our own keyboard: letters, digits, marks, Chinese by several methods. It never covers the bar at the bottom.
Rectangle {
    id: kb
    property string layout: "letters"   // letters | numbers
    property string side: "letters"     // of the letter layout: letters | digits | marks
    property bool shifted: Typing.capitals
    property bool hasNext: true
    property bool plain: false          // without the bar over the keys, where its room is needed
    readonly property bool chinese: Typing.method !== "latin"
    readonly property var rows: side === "digits" ? Typing.digitRows : side === "marks" ? Typing.markRows : Typing.rows
    readonly property bool bar: layout === "letters" && Typing.bar && !plain
    readonly property int fourth: 1060 - 148 - (Typing.hasMethods ? 264 : 0) - (hasNext ? 274 : 0) - 10
    signal nextField
    color: Theme.keyboard
    height: 4 * 116 + 12 + (bar ? Theme.candidateBar : 0)
    onWidthChanged: Typing.setRoom(width)
    onChineseChanged: side = "letters"
    Component.onCompleted: Typing.setRoom(width)
    function cased(character: string): string {
        return !kb.chinese && kb.side === "letters" && kb.shifted ? character.toUpperCase() : character;
    }
    component Line: Row {
        id: line
        property var keys
        anchors.horizontalCenter: parent.horizontalCenter
        Repeater {
            model: line.keys
            Key {
                required property var modelData
                face: modelData.face
                label: kb.cased(modelData.label)
                legend: modelData.legend
                spoken: modelData.spoken || label
                onActivated: Typing.key(kb.cased(modelData.key))
            }
        }
    }
    CandidateBar {
        id: candidates
        visible: kb.bar
        width: parent.width
    }
    Column {
        visible: kb.layout === "letters"
        y: 6 + (kb.bar ? candidates.height : 0)
        width: parent.width
        Line { keys: kb.rows[0] }
        Line { keys: kb.rows[1] }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            Key {
                special: true
                face: 138
                label: kb.chinese ? qsTrId("typing.marks") : qsTrId("key.shift")
                icon: kb.chinese ? "" : "keyboard_capslock"
                onActivated: kb.chinese ? kb.side = (kb.side === "marks" ? "letters" : "marks") : kb.shifted = !kb.shifted
            }
            Line {
                anchors.horizontalCenter: undefined
                keys: kb.rows[2]
            }
            Key {
                special: true
                face: 138
                label: qsTrId("key.erase")
                icon: "backspace"
                onActivated: Typing.erase()
            }
        }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            Key {
                special: true
                face: 138
                spoken: kb.side === "letters" ? qsTrId("typing.digits") : label
                label: kb.side === "letters" ? "123" : kb.chinese ? qsTrId("typing.letters") : "ABC"
                onActivated: kb.side = kb.side === "letters" ? "digits" : "letters"
            }
            Key {
                visible: Typing.hasMethods
                special: true
                face: 254
                label: Typing.methodLabel
                spoken: qsTrId("typing.method") + " " + Typing.methodLabel
                onActivated: Typing.chooseMethod()
            }
            Key {
                face: kb.fourth
                label: qsTrId("key.space")
                onActivated: Typing.space()
            }
            Key {
                visible: kb.hasNext
                special: true
                face: 264
                label: qsTrId("key.next_field")
                onActivated: kb.nextField()
            }
        }
    }
    Column {
        visible: kb.layout === "numbers"
        y: 6
        width: parent.width
        component Numbers: Row {
            id: numbersLine
            property string keys
            anchors.horizontalCenter: parent.horizontalCenter
            Repeater {
                model: numbersLine.keys.length
                Key {
                    required property int index
                    face: 220
                    label: numbersLine.keys[index]
                    onActivated: Typing.key(label)
                }
            }
        }
        Numbers { keys: "123" }
        Numbers { keys: "456" }
        Numbers { keys: "789" }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            Key {
                special: true
                face: 220
                label: kb.hasNext ? qsTrId("key.next_field") : "ABC"
                onActivated: kb.hasNext ? kb.nextField() : (kb.layout = "letters")
            }
            Key {
                face: 220
                label: "0"
                onActivated: Typing.key(label)
            }
            Key {
                special: true
                face: 220
                label: qsTrId("key.erase")
                icon: "backspace"
                onActivated: Typing.erase()
            }
        }
    }
}
