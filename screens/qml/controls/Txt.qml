pragma ComponentBehavior: Bound
import QtQuick

// One line or paragraph of text in the page's face. role: display h1 h2 strong body
Text {
    property string role: "body"
    readonly property bool heading: role === "display" || role === "h1" || role === "h2"
    color: Theme.ink
    font.family: Theme.family
    font.pixelSize: role === "display" ? Theme.display : role === "h1" ? Theme.h1 : role === "h2" ? Theme.h2 : Theme.body
    font.bold: role !== "body"
    // Noto CJK already carries 1.45 em of leading: titles tighten it, body keeps it
    lineHeight: role === "display" || role === "h1" ? 0.9 : role === "h2" ? 0.93 : Theme.cjk ? 1.0 : 0.92
    wrapMode: Text.Wrap
    textFormat: Text.PlainText
    renderType: Text.QtRendering
    Accessible.role: heading ? Accessible.Heading : Accessible.StaticText
    Accessible.name: text
    Accessible.ignored: text === ""
}
