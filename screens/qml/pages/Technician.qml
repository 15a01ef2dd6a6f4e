pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Each part with its state in words and one thing to try; the queue; in and out of service. No resident's datum.
KioskPage {
    id: page
    bare: true
    readonly property real barRoom: Theme.sheetWidth - 2 * Theme.margin
    hasBack: false
    StaffFrame {
        id: frame
        band: Staff.who
        note: Staff.service
        aside: qsTrId("staff.language")
        onTurned: Staff.turnLanguage()
        heading: Txt {
            id: count
            width: page.barRoom * 0.6 - 24
            role: "h1"
            text: Staff.count
            font.pixelSize: 52
        }
        Txt {
            x: page.barRoom * 0.6
            y: (count.height - height) / 2
            width: page.barRoom * 0.4
            horizontalAlignment: Text.AlignRight
            text: Staff.updated
            font.pixelSize: 30
            color: Theme.inkSoft
        }
        Pager {
            y: count.height + 12
            width: parent.width
            height: parent.height - y
            spacing: 16
            Note {
                shown: Staff.result !== ""
                width: parent.width
                kind: Staff.resultKind
                text: Staff.result
            }
            Repeater {
                model: Staff.rows
                Item {
                    id: part
                    required property var modelData
                    width: Theme.landscape ? Math.floor((parent.width - 24) / 2) : parent.width
                    height: Math.max(112, words.height + 16)
                    Icon {
                        id: symbol
                        anchors.verticalCenter: parent.verticalCenter
                        name: part.modelData.icon
                        size: 52
                        color: Theme.primary
                        Accessible.ignored: true
                    }
                    Column {
                        id: words
                        x: 76
                        width: trial.x - x - 16
                        anchors.verticalCenter: parent.verticalCenter
                        Txt {
                            width: parent.width
                            text: part.modelData.label + (part.modelData.since === "" ? "" : "　" + part.modelData.since)
                            role: "strong"
                            font.pixelSize: 32
                        }
                        Txt {
                            width: parent.width
                            leftPadding: 44
                            Icon {
                                anchors.verticalCenter: parent.verticalCenter
                                size: 36
                                name: part.modelData.kind === "ok" ? "check_circle" : part.modelData.kind === "attention" ? "warning" : "cancel"
                                color: parent.color
                                Accessible.ignored: true
                            }
                            text: part.modelData.word
                            font.pixelSize: 30
                            role: part.modelData.kind === "ok" ? "body" : "strong"
                            color: part.modelData.kind === "ok" ? Theme.ok : part.modelData.kind === "attention" ? Theme.attention : Theme.failed
                        }
                    }
                    ActionButton {
                        id: trial
                        anchors.right: parent.right
                        anchors.verticalCenter: parent.verticalCenter
                        width: 220
                        least: 96
                        kind: part.modelData.kind === "failed" ? "next" : "second"
                        label: part.modelData.test
                        spoken: part.modelData.test + ", " + part.modelData.label
                        enabled: !part.modelData.busy
                        onActivated: Staff.tryPart(part.modelData.part)
                    }
                    Rectangle {
                        anchors.bottom: parent.bottom
                        anchors.bottomMargin: -8
                        width: parent.width
                        height: 2
                        color: Theme.hairline
                    }
                }
            }
            Figures {
                width: parent.width
                figures: Staff.figures
            }
            Txt {
                width: parent.width
                text: Staff.queueWords
                font.pixelSize: 32
                color: Theme.inkSoft
            }
            Row {
                width: parent.width
                spacing: 24
                ActionButton {
                    width: Math.floor((parent.width - 24) / 2)
                    least: 104
                    label: qsTrId("staff.send_all")
                    icon: "sync"
                    onActivated: Staff.sendAll()
                }
                ActionButton {
                    width: Math.floor((parent.width - 24) / 2)
                    least: 104
                    label: qsTrId("staff.new_roll")
                    icon: "receipt"
                    onActivated: Staff.newRoll()
                }
            }
            Txt {
                property bool shown: !Staff.out && Staff.technician
                property bool heads: true
                width: parent.width
                role: "strong"
                font.pixelSize: 32
                text: qsTrId("staff.take_out")
            }
            Repeater {
                model: Staff.out || !Staff.technician ? [] : Staff.reasons
                ActionButton {
                    id: reason
                    readonly property int across: Theme.landscape && !Theme.laptop ? 4 : 2
                    required property var modelData
                    width: Math.floor((parent.width - (across - 1) * 16) / across)
                    least: 104
                    label: modelData.label
                    onActivated: Staff.takeOut(modelData.id)
                }
            }
        }
        footer: [
            ActionButton {
                width: Staff.out ? page.barRoom * 0.36 : page.barRoom
                kind: "dark"
                label: qsTrId("staff.leave")
                icon: "logout"
                onActivated: Staff.leave()
            },
            ActionButton {
                visible: Staff.out
                width: page.barRoom * 0.64 - 24
                kind: "next"
                inBar: true
                label: qsTrId("staff.put_back")
                icon: "arrow_forward"
                iconAfter: true
                onActivated: Staff.putBack()
            }
        ]
    }
}
