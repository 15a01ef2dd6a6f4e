pragma ComponentBehavior: Bound
import QtQuick

// A symbol of the icon font, as large as the text beside it; never without a word.
Text {
    property string name
    property int size: 56
    property bool grows: true
    readonly property int side: grows ? Theme.px(size) : size
    text: name
    color: Theme.primary
    font.family: Theme.iconFamily
    font.pixelSize: side
    width: side
    height: side
    horizontalAlignment: Text.AlignHCenter
    verticalAlignment: Text.AlignVCenter
    textFormat: Text.PlainText
    Accessible.ignored: true
}
