pragma ComponentBehavior: Bound
import QtQuick

// A symbol of the icon font; never without a word beside it.
Text {
    property string name
    property int size: 56
    text: name
    color: Theme.primary
    font.family: Theme.iconFamily
    font.pixelSize: size
    width: size
    height: size
    horizontalAlignment: Text.AlignHCenter
    verticalAlignment: Text.AlignVCenter
    textFormat: Text.PlainText
    Accessible.ignored: true
}
