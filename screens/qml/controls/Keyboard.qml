pragma ComponentBehavior: Bound
import QtQuick

// Our own keyboard: letters or numbers. It never covers the bar; it tells what was pressed.
Rectangle {
    id: kb
    property string layout: "letters"   // letters | numbers
    property bool shifted: true
    property bool digits: false         // the number side of the letter layout
    property bool hasNext: true
    readonly property var letters: ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"]
    readonly property var numbers: ["1234567890", "-/:()&@,.", "'#+_*!?"]
    readonly property var rows: digits ? numbers : letters
    signal key(string text)
    signal erase
    signal nextField
    color: Theme.keyboard
    height: 4 * 116 + 12
    function cased(character: string): string {
        return shifted ? character : character.toLowerCase();
    }
    component Line: Row {
        id: line
        property string keys
        anchors.horizontalCenter: parent.horizontalCenter
        Repeater {
            model: line.keys.length
            Key {
                required property int index
                label: kb.cased(line.keys[index])
                onActivated: kb.key(label)
            }
        }
    }
    Column {
        visible: kb.layout === "letters"
        y: 6
        width: parent.width
        Line { keys: kb.rows[0] }
        Line { keys: kb.rows[1] }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            Key {
                special: true
                face: 138
                label: qsTrId("key.shift")
                icon: "keyboard_capslock"
                onActivated: kb.shifted = !kb.shifted
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
                onActivated: kb.erase()
            }
        }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            Key {
                special: true
                face: 138
                label: kb.digits ? "ABC" : "123"
                onActivated: kb.digits = !kb.digits
            }
            Key {
                face: kb.hasNext ? 546 : 820
                label: qsTrId("key.space")
                onActivated: kb.key(" ")
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
                    onActivated: kb.key(label)
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
                onActivated: kb.key(label)
            }
            Key {
                special: true
                face: 220
                label: qsTrId("key.erase")
                icon: "backspace"
                onActivated: kb.erase()
            }
        }
    }
}
